import { Body, Controller, Get, Ip, Param, Post } from '@nestjs/common';
import type { z } from 'zod';
import type { Actor, Id } from '../kernel/index.js';
import { By, idOf, Route } from '../platform/index.js';
import {
  certificateBody,
  certificateSchema,
  issuedCertificateSchema,
  receiptSchema,
  renewalBody,
  revocationBody,
  showCertificate,
  showIssued,
  showReceipt,
} from './certificates.dto.js';
import { CertificateRecords } from './certificate-records.js';
import { Certificates } from './certificates.service.js';
import { Revocations } from './revocations.service.js';

@Controller('v1/certificates')
export class CertificatesController {
  constructor(
    private readonly certificates: Certificates,
    private readonly revocations: Revocations,
    private readonly records: CertificateRecords,
  ) {}

  @Post()
  @Route({
    summary: 'Issues a certificate to the identity that the attestation proves, for the key that signed the CSR.',
    action: 'public',
    answers: { 201: issuedCertificateSchema },
    records: ['certificate.issued', 'certificate.repeated'],
  })
  async issue(
    @By() actor: Actor,
    @Ip() address: string,
    @Body({ schema: certificateBody }) { attestation, identity, ...ask }: z.output<typeof certificateBody>,
  ) {
    return showIssued(
      await this.certificates.issue(actor, { ...ask, attestation: { ...attestation, identity } }, address),
    );
  }

  @Post('renewal')
  @Route({
    summary: 'Issues the next certificate to the holder of a valid one, for the same identity and profile.',
    action: 'certificate.renew',
    listener: 'mutual',
    answers: { 201: issuedCertificateSchema },
    records: ['certificate.issued'],
  })
  async renew(@By() actor: Actor, @Body({ schema: renewalBody }) body: z.output<typeof renewalBody>) {
    return showIssued(await this.certificates.renew(actor, body));
  }

  @Get(':id')
  @Route({
    summary: 'Shows what the ledger knows of a certificate.',
    action: 'certificate.read',
    answers: { 200: certificateSchema },
    records: 'none',
  })
  async read(@Param('id', { schema: idOf('certificate') }) id: Id<'certificate'>) {
    return showCertificate(await this.records.getCertificate(id));
  }

  @Get(':id/receipt')
  @Route({
    summary: 'Shows the receipt of a certificate: the exact claims, trust and decision that produced it.',
    action: 'receipt.read',
    answers: { 200: receiptSchema },
    records: ['receipt.read'],
  })
  async receipt(@By() actor: Actor, @Param('id', { schema: idOf('certificate') }) id: Id<'certificate'>) {
    return showReceipt(await this.records.readReceipt(actor, id));
  }

  @Post(':id/revocation')
  @Route({
    summary: 'Revokes a certificate and the tokens bound to it, for good.',
    action: 'certificate.revoke',
    answers: { 200: certificateSchema },
    records: ['certificate.revoked'],
  })
  async revoke(
    @By() actor: Actor,
    @Param('id', { schema: idOf('certificate') }) id: Id<'certificate'>,
    @Body({ schema: revocationBody }) { reason }: z.output<typeof revocationBody>,
  ) {
    return showCertificate(await this.revocations.revoke(actor, id, reason));
  }
}
