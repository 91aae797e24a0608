export { answerJobs } from './answer-jobs.js';
export { spareThreads, ThreadPool, type ThreadPoolOptions } from './thread-pool.js';
