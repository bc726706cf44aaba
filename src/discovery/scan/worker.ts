import { parentPort, workerData } from 'node:worker_threads';
import { type Task, takeFiles } from './threads.js';

parentPort!.postMessage(takeFiles(workerData as Task));
