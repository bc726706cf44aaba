import type { Certificate } from '../certificate.js';
import type { NameConstraints } from '../extension-values.js';
import type { GeneralName } from '../general-name.js';
import { isEmptyName } from '../name.js';
import { ATTRIBUTE } from '../oids.js';
import { isWellFormedConstraint, violates, withinSubtree } from './subtree.js';
import type { Link } from './link.js';
import { type Refusal, refuse } from './refusal.js';
import type { Work } from './work.js';

/**
 * The name space that authorities seen so far leave to those below them (RFC 5280 §6.1.1, permitted_subtrees and
 * excluded_subtrees). Each authority's permitted subtrees narrow what the ones above it allow, kind by kind.
 */
export class NameSpace {
  private constructor(private readonly constraints: readonly NameConstraints[]) {}

  static readonly unconstrained = new NameSpace([]);

  /** The space below an authority. */
  below({ certificate: { values } }: Link): NameSpace {
    return values.nameConstraints ? new NameSpace([...this.constraints, values.nameConstraints]) : this;
  }

  /** RFC 5280 §6.1.3 (b) and (c): self-issued authorities may pass, a leaf never does. */
  check(link: Link, work: Work): Refusal | undefined {
    if (link.selfIssued && link.place !== 'leaf') return undefined;
    const names = constrainedNames(link.certificate);
    for (const constraints of this.constraints) {
      work.spendComparisons(names.length * (constraints.permitted.length + constraints.excluded.length));
      const outside = names.find((name) => !allows(constraints, name));
      if (outside)
        return refuse('name_constraint_violated', `A name of kind ${outside.kind} is not allowed (§4.2.1.10).`);
    }
    return undefined;
  }
}

/** RFC 5280 §4.2.1.10: a constraint that is not of its form cannot be obeyed. */
export function checkConstraintForm({ certificate: { values } }: Link): Refusal | undefined {
  const { permitted = [], excluded = [] } = values.nameConstraints ?? {};
  const wrong = [...permitted, ...excluded].find((base) => !isWellFormedConstraint(base));
  return wrong && refuse('name_constraint_malformed', `A constraint on ${wrong.kind} names is malformed (§4.2.1.10).`);
}

/** Alternative names, a subject that is not empty, and its e-mail addresses where no alternative name gives any. */
function constrainedNames({ subject, values }: Certificate): GeneralName[] {
  const alternatives = values.subjectAltNames ?? [];
  const mailboxes = alternatives.some((name) => name.kind === 'email') ? [] : subjectMailboxes(subject.attributes);
  const directory: GeneralName[] = isEmptyName(subject) ? [] : [{ kind: 'directory', name: subject }];
  return [...alternatives, ...directory, ...mailboxes];
}

function subjectMailboxes(attributes: Certificate['subject']['attributes']): GeneralName[] {
  return attributes
    .filter(({ type }) => type === ATTRIBUTE.emailAddress)
    .map(({ text }) => ({ kind: 'email', value: text ?? '' }));
}

function allows({ permitted, excluded }: NameConstraints, name: GeneralName): boolean {
  const ofKind = (base: GeneralName) => base.kind === name.kind && (base.kind !== 'other' || sameTag(base, name));
  const permittedOfKind = permitted.filter(ofKind);
  if (permittedOfKind.length > 0 && !permittedOfKind.some((base) => withinSubtree(name, base))) return false;
  return !excluded.some((base) => ofKind(base) && violates(name, base));
}

function sameTag(one: GeneralName, other: GeneralName): boolean {
  return one.kind === 'other' && other.kind === 'other' && one.tag === other.tag;
}
