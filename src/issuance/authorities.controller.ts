import { Controller, Get, Header, Param, Res } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { z } from 'zod';
import type { Id } from '../kernel/index.js';
import { Route } from '../platform/index.js';
import { authoritiesSchema, jwksSchema, metadataSchema, showAuthority } from './authorities.dto.js';
import { Authorities } from './authorities.service.js';
import { OAuthMetadata } from './oauth-metadata.js';
import { RevocationLists } from './revocation-lists.js';

const CACHED = 'public, max-age=300';
/** A list may be kept until the next one is surely there; `nextUpdate` is for outages. */
const LIST_CACHED = 'public, max-age=30';
const listFile = z
  .string()
  .regex(/^aut_[0-9a-f]{32}\.crl$/, 'must be an authority’s id followed by .crl')
  .transform((file) => file.slice(0, -'.crl'.length) as Id<'authority'>);

/** Public documents by which others come to trust what this service issues. */
@Controller()
export class AuthoritiesController {
  constructor(
    private readonly authorities: Authorities,
    private readonly lists: RevocationLists,
    private readonly metadata: OAuthMetadata,
  ) {}

  @Get('v1/authorities')
  @Route({
    summary: 'Lists the authorities and their certificates.',
    action: 'authority.read',
    answers: { 200: authoritiesSchema },
    records: 'none',
  })
  async list() {
    return { items: (await this.authorities.list()).map(showAuthority) };
  }

  @Get('v1/authorities/root.pem')
  @Header('content-type', 'application/x-pem-file')
  @Header('cache-control', CACHED)
  @Route({
    summary: 'The root certificate; compare its fingerprint with what the service printed.',
    action: 'public',
    listener: 'both',
    answers: { 200: { mediaType: 'application/x-pem-file', describe: 'PEM' } },
    records: 'none',
  })
  root() {
    return this.authorities.rootPem();
  }

  @Get('v1/crl/:file')
  @Header('content-type', 'application/pkix-crl')
  @Header('cache-control', LIST_CACHED)
  @Route({
    summary: 'An authority’s certificate revocation list (RFC 5280 §5).',
    action: 'public',
    listener: 'both',
    answers: { 200: { mediaType: 'application/pkix-crl', describe: 'CertificateList, DER' } },
    records: 'none',
  })
  async crl(@Param('file', { schema: listFile }) id: Id<'authority'>, @Res({ passthrough: true }) reply: FastifyReply) {
    const { der, thisUpdate, nextUpdate } = await this.lists.get(id);
    void reply.headers({ 'last-modified': thisUpdate.toUTCString(), expires: nextUpdate.toUTCString() });
    return der;
  }

  @Get('.well-known/jwks.json')
  @Header('cache-control', CACHED)
  @Route({
    summary: 'The public keys of access tokens (RFC 7517).',
    action: 'public',
    listener: 'both',
    answers: { 200: jwksSchema },
    records: 'none',
  })
  jwks() {
    return this.metadata.keys();
  }

  @Get('.well-known/oauth-authorization-server')
  @Header('cache-control', CACHED)
  @Route({
    summary: 'What an OAuth client needs to know (RFC 8414).',
    action: 'public',
    listener: 'both',
    answers: { 200: metadataSchema },
    records: 'none',
  })
  authorizationServer() {
    return this.metadata.metadata();
  }
}
