import { useQueryClient } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import { Page } from '../page/page.js';
import { Section } from '../page/section.js';
import { StepUpPrompt } from './step-up-prompt.js';
import { stepUpQuery } from './step-up-queries.js';

const route = getRouteApi('/signed-in/step-up/$id');

/** Where a program, or another window, sends somebody to confirm what it is about to do in their name. */
export function StepUpPage() {
  const { id } = route.useParams();
  const queries = useQueryClient();
  return (
    <Page
      title="Confirm that it is you"
      lead="Something that acts as you asks for this. Go on only if you have started it."
    >
      <Section title="This will be done">
        <StepUpPrompt id={id} onProved={(stepUp) => queries.setQueryData(stepUpQuery(id).queryKey, stepUp)} />
      </Section>
    </Page>
  );
}
