import { useMutation, useQueryClient } from '@tanstack/react-query';
import { getRouteApi, Link, useNavigate } from '@tanstack/react-router';
import { ButtonLink } from '../page/button-link.js';
import { Page } from '../page/page.js';
import { answerOf, service } from '../service/service.js';
import { toast } from '../toast/toast.js';
import { givenOf, type KindName, KINDS } from './kinds.js';
import { type Filled, SourceForm } from './source-form.js';
import { SourceIcon } from './source-words.js';
import classes from './sources.module.css';

const route = getRouteApi('/signed-in/sources/new');

/** Adds a source: first of what kind, then where it is. It is looked at as soon as it is added. */
export function NewSourcePage() {
  const { kind } = route.useSearch();
  const isKnown = kind !== undefined && kind in KINDS;
  return isKnown ? <OfKind key={kind} kind={kind as KindName} /> : <Kinds />;
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
      // That it cannot be looked at yet is seen on its page; it is added all the same.
      await answerOf(service.POST('/v1/sources/{id}/runs', { params: { path: { id: source.id } }, body: {} })).catch(
        () => undefined,
      );
      return source;
    },
    onSuccess: async (source) => {
      toast(`${source.name} is added, and looked at now.`);
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
    ...(filled.isPrivate && { privateNetwork: { reason: filled.reason.trim() } }),
  };
}
