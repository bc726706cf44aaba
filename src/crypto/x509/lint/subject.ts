import { AsnConvert } from '@peculiar/asn1-schema';
import { type Extension, TBSCertificate } from '@peculiar/asn1-x509';
import type { CertificateKind } from '../certificate-template.js';

/** What is linted: the bytes about to be signed, as a parser that is not ours reads them. */
export interface LintSubject {
  readonly kind: CertificateKind;
  readonly tbs: TBSCertificate;
  readonly bytes: Buffer;
  readonly extensions: readonly Extension[];
}

/** @throws Error of the parser's for bytes that are no TBSCertificate */
export function lintSubject(kind: CertificateKind, bytes: Buffer): LintSubject {
  const tbs = AsnConvert.parse(bytes, TBSCertificate);
  return { kind, tbs, bytes, extensions: [...(tbs.extensions ?? [])] };
}

export function isAuthority({ kind }: LintSubject): boolean {
  return kind === 'root' || kind === 'issuing-authority';
}

/** The value of an extension read as a type; undefined where the extension is absent. */
export function extensionValue<Value>(
  subject: LintSubject,
  oid: string,
  type: new (...parameters: never[]) => Value,
): Value | undefined {
  const extension = subject.extensions.find(({ extnID }) => extnID === oid);
  return extension && AsnConvert.parse(extension.extnValue.buffer, type);
}

export function encoded(value: object): Buffer {
  return Buffer.from(AsnConvert.serialize(value));
}
