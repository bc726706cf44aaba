import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { getRouteApi, Link, useNavigate } from '@tanstack/react-router';
import { useOpened } from '../dialog/use-opened.js';
import { givenOf } from '../kind-form/field.js';
import { ButtonLink } from '../page/button-link.js';
import { Page } from '../page/page.js';
import { RowsLoading } from '../page/page-loading.js';
import { ProblemPanel } from '../page/problem-panel.js';
import { answerOf, service } from '../service/service.js';
import { toast } from '../toast/toast.js';
import { type KindName, kindName, KINDS } from './kinds.js';
import { type Filled, SourceForm } from './source-form.js';
import { type Source, sourceQuery } from './sources-queries.js';

const route = getRouteApi('/signed-in/sources/$id/change');

/** Changes where a source is, what opens it and how often it is looked at. */
export function ChangeSourcePage() {
  const { id } = route.useParams();
  const found = useQuery({ ...sourceQuery(id), refetchInterval: false });
  const source = useOpened(found);
  if (source) return <Change key={id} source={source} />;
  return (
    <Page title="Change a source">
      {found.isError ? <ProblemPanel problem={found.error} onRetry={() => void found.refetch()} /> : <RowsLoading />}
    </Page>
  );
}

function Change({ source }: { readonly source: Source }) {
  const { id } = source;
  const queries = useQueryClient();
  const navigate = useNavigate();
  const change = useMutation({
    mutationFn: (filled: Filled) =>
      answerOf(
        service.PATCH('/v1/sources/{id}', {
          params: { path: { id }, header: { 'If-Match': `"v${source.version}"` } },
          body: bodyOf(source, filled) as never,
        }),
      ),
    onSuccess: async ({ name }) => {
      toast(`${name} is changed.`);
      await queries.invalidateQueries({ queryKey: ['sources'] });
      await navigate({ to: '/sources/$id', params: { id } });
    },
  });
  return (
    <Page
      title={`Change: ${source.name}`}
      lead="What it is read for or where it is changes what is read: it is then read from the beginning."
      over={
        <>
          <Link to="/sources">Sources</Link> /{' '}
          <Link to="/sources/$id" params={{ id }}>
            {source.name}
          </Link>{' '}
          / {kindName(source.kind)}
        </>
      }
    >
      <SourceForm
        kind={source.kind as KindName}
        source={source}
        verb="Change"
        isPending={change.isPending}
        problem={change.error}
        onSubmit={(filled) => change.mutate(filled)}
        aside={
          <ButtonLink to="/sources/$id" params={{ id }} variant="default">
            Cancel
          </ButtonLink>
        }
      />
    </Page>
  );
}

/** What of it is another than before: settings that stay are not sent, so that what was read stays read. */
function bodyOf(source: Source, filled: Filled) {
  const { settings, access } = KINDS[source.kind as KindName];
  const said = givenOf(settings, filled.settings) ?? {};
  const opens = Object.values(filled.access).some((value) => value !== '') ? givenOf(access, filled.access) : undefined;
  const isSame = JSON.stringify(sorted(said)) === JSON.stringify(sorted(source.settings));
  const authorities = filled.caCertificates.trim() === '' ? null : filled.caCertificates.trim();
  const reason = filled.consent?.trim() ?? null;
  return {
    name: filled.name.trim(),
    everySeconds: filled.everySeconds,
    keepsSecrets: filled.keepsSecrets,
    ...(!isSame && { settings: said }),
    ...(opens !== undefined && { access: opens }),
    ...(authorities !== source.caCertificates && { caCertificates: authorities }),
    ...((reason !== (source.privateNetwork?.reason ?? null) || (opens !== undefined && reason !== null)) && {
      privateNetwork: reason === null ? null : { reason },
    }),
  };
}

function sorted(values: Readonly<Record<string, unknown>>) {
  return Object.entries(values).sort(([one], [other]) => one.localeCompare(other));
}
