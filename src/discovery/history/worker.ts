import { parentPort, workerData } from 'node:worker_threads';
import { type SharedWork, takeTasks, threadOf, type ThreadTask } from './threads.js';

const thread = threadOf(workerData as ThreadTask, 1);
parentPort!.once('message', (work: SharedWork) => {
  void takeTasks(thread, work, (report) => parentPort!.postMessage(report)).then(() => parentPort!.postMessage('done'));
});
