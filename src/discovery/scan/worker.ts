import { parentPort, workerData } from 'node:worker_threads';
import { inspectorOf } from './scan.js';
import { type Task, takeFiles } from './threads.js';

const task = workerData as Task;
const { sightings, skipped, files, bytes } = takeFiles(inspectorOf(task.describing, task.rules), task);
parentPort!.postMessage({ sightings, skipped, files, bytes });
