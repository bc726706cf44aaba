import { useMutation, useQueryClient } from '@tanstack/react-query';
import { getRouteApi, Link, useNavigate } from '@tanstack/react-router';
import { givenOf } from '../kind-form/field.js';
import { consentTo } from '../kind-form/private-network.js';
import { ButtonLink } from '../page/button-link.js';
import { Page } from '../page/page.js';
import { asProblem } from '../service/problem.js';
import { answerOf, service } from '../service/service.js';
import { toast } from '../toast/toast.js';
import { isKind, type KindName, KINDS } from './kinds.js';
import { type Filled, SourceForm } from './source-form.js';
import { SourceIcon } from './source-words.js';
import classes from './sources.module.css';

const route = getRouteApi('/signed-in/sources/new');

/** Adds a source: first of what kind, then where it is. It is looked at as soon as it is added. */
export function NewSourcePage() {
  const { kind } = route.useSearch();
  return kind !== undefined && isKind(kind) ? <OfKind key={kind} kind={kind} /> : <Kinds />;
}

function Kinds() {
  return (
    <Page
      title="Add a source"
      lead="A place that Muster looks at, and changes nothing of."
      over={<Link to="/sources">Sources</Link>}
    >
      <ul className={classes.kinds} aria-label="Kinds of sources">
        {Object.entries(KINDS).map(([kind, { name, sees }]) => (
          <li key={kind}>
            <Link to="/sources/new" search={{ kind }} className={classes.kind}>
              <SourceIcon kind={kind} size={22} />
              <span>
                <strong>{name}</strong>
                <small>{sees}</small>
              </span>
            </Link>
          </li>
        ))}
      </ul>
    </Page>
  );
}

function OfKind({ kind }: { readonly kind: KindName }) {
  const { name, sees } = KINDS[kind];
  const queries = useQueryClient();
  const navigate = useNavigate();
  const add = useMutation({
    mutationFn: async (filled: Filled) => {
      const source = await answerOf(service.POST('/v1/sources', { body: bodyOf(kind, filled) as never }));
      // It is added also where it cannot be looked at yet.
      const refusal = await answerOf(
        service.POST('/v1/sources/{id}/runs', { params: { path: { id: source.id } }, body: {} }),
      ).then(() => undefined, asProblem);
      return { source, refusal };
    },
    onSuccess: async ({ source, refusal }) => {
      toast(
        `${source.name} is added${refusal ? `, and not looked at yet: ${refusal.message}` : ', and looked at now.'}`,
      );
      await queries.invalidateQueries({ queryKey: ['sources'] });
      await navigate({ to: '/sources/$id', params: { id: source.id } });
    },
  });
  return (
    <Page
      title={`Add: ${name}`}
      lead={`${sees}.`}
      over={
        <>
          <Link to="/sources">Sources</Link> / <Link to="/sources/new">Another kind</Link>
        </>
      }
    >
      <SourceForm
        kind={kind}
        verb="Add and look"
        isPending={add.isPending}
        problem={add.error}
        onSubmit={(filled) => add.mutate(filled)}
        aside={
          <ButtonLink to="/sources" variant="default">
            Cancel
          </ButtonLink>
        }
      />
    </Page>
  );
}

/** As the service takes it: the fields are those of its own schema of this kind. */
function bodyOf(kind: KindName, filled: Filled) {
  const access = givenOf(KINDS[kind].access, filled.access);
  return {
    kind,
    name: filled.name.trim(),
    settings: givenOf(KINDS[kind].settings, filled.settings) ?? {},
    ...(access !== undefined && { access }),
    everySeconds: filled.everySeconds,
    keepsSecrets: filled.keepsSecrets,
    ...(filled.caCertificates.trim() !== '' && { caCertificates: filled.caCertificates.trim() }),
    ...consentTo(filled.consent),
  };
}
