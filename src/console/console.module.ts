import { Module } from '@nestjs/common';
import { ConsolePages } from './console-pages.js';

/** The console, as files: the program that people run in their browsers is `app/`, built by Vite into `dist/console`. */
@Module({ providers: [ConsolePages] })
export class ConsoleModule {}
