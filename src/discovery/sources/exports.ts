import { z } from 'zod';
import { localPath } from './folders.js';
import { files } from './files.js';
import type { SourceKind } from './kind.js';

const settings = z.strictObject({ path: localPath });
type Settings = z.output<typeof settings>;

/**
 * Exports of clouds and forges, as their own tools write them: AWS credential reports, lists of access keys and authorization details,
 * Azure applications, Google service accounts, GitHub and GitLab organisations, Terraform states.
 *
 * A source is called by what it is an export of where the files do not say so: an organisation, a tenant, a project.
 */
export const exports: SourceKind<Settings, null> = {
  settings,
  access: z.null(),
  placeOf: ({ path }) => path,
  open: ({ path }, access, tools) =>
    files.open(
      { path, documents: ['exports', 'terraform-state', 'kubernetes-manifests'], secrets: false },
      access,
      tools,
    ),
};
