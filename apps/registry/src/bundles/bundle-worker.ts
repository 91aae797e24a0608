// The entry point of a thread that works on bundles: a job comes in, its outcome goes out.
import { answerJobs } from '#lib/threads';
import { runBundleJob } from './bundle-job.js';

answerJobs(runBundleJob);
