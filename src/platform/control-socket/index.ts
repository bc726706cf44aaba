export * from './control-socket.js';
export * from './errors.js';
