import { once } from 'node:events';
import { connect, type Socket } from 'node:net';

const FRAME_END = 0xce;

/** Signs in to a broker by AMQP 0-9-1 and opens `/`, no more (§2.2.4, §4.2). */
export async function signInByAmqp(port: number, user: string, password: string): Promise<Socket> {
  const socket = connect(port, '127.0.0.1');
  socket.on('error', () => undefined);
  await once(socket, 'connect');
  socket.write(Buffer.from('AMQP\0\0\x09\x01', 'latin1'));
  await method(socket); // connection.start
  socket.write(
    frame([
      ...[u16(10), u16(11), u32(0), shortString('PLAIN')],
      ...[longString(`\0${user}\0${password}`), shortString('en_US')],
    ]),
  );
  const tuned = await method(socket);
  if (tuned?.readUInt16BE(2) !== 30) throw new Error('The broker did not let it in.');
  socket.write(frame([u16(10), u16(31), u16(100), u32(131_072), u16(0)]));
  socket.write(frame([u16(10), u16(40), shortString('/'), shortString(''), Buffer.from([0])]));
  const opened = await method(socket);
  if (opened?.readUInt16BE(2) !== 41) throw new Error('The broker did not open.');
  return socket;
}

/** The next method that the broker says; undefined where it hung up. */
function method(socket: Socket): Promise<Buffer | undefined> {
  return new Promise((resolve) => {
    socket.once('data', (data) => resolve(data.subarray(7)));
    socket.once('close', () => resolve(undefined));
  });
}

function frame(parts: readonly Buffer[]): Buffer {
  const payload = Buffer.concat(parts);
  return Buffer.concat([Buffer.from([1]), u16(0), u32(payload.length), payload, Buffer.from([FRAME_END])]);
}

function u16(value: number): Buffer {
  const bytes = Buffer.alloc(2);
  bytes.writeUInt16BE(value);
  return bytes;
}

function u32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
}

function shortString(text: string): Buffer {
  return Buffer.concat([Buffer.from([Buffer.byteLength(text)]), Buffer.from(text)]);
}

function longString(text: string): Buffer {
  return Buffer.concat([u32(Buffer.byteLength(text)), Buffer.from(text)]);
}
