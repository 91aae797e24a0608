// The entry point of a verification worker: a batch of jobs comes in, their outcomes go out.
import { answerJobs } from '#lib/threads';
import { runJob } from './verification-job.js';

answerJobs(runJob);
