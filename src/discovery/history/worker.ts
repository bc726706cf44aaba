import { parentPort } from 'node:worker_threads';
import { type SharedWork, takeTasks, threadOf, type ThreadTask } from './threads.js';

parentPort!.once('message', (task: ThreadTask) => {
  const thread = threadOf(task, 1);
  parentPort!.once('message', (work: SharedWork) => {
    void takeTasks(thread, work, (report) => parentPort!.postMessage(report)).then(() =>
      parentPort!.postMessage('done'),
    );
  });
});
