import { createTheme, type CSSVariablesResolver, type MantineColorsTuple } from '@mantine/core';

const ink: MantineColorsTuple = [
  '#eff2fb',
  '#dde3f5',
  '#b9c5ea',
  '#93a5df',
  '#7389d6',
  '#5f78d0',
  '#4a63c4',
  '#3a51ad',
  '#33479a',
  '#2a3b85',
];

/** Mantine’s dark greys with a little of the accent in them, as our own surfaces have. */
const dark: MantineColorsTuple = [
  '#e4e8f0',
  '#c3cad7',
  '#a3acbd',
  '#788295',
  '#3c4455',
  '#2a303c',
  '#1d212b',
  '#14171f',
  '#0f1218',
  '#0a0c11',
];

/** Calm and dense: 14 px text, small radii, one accent. */
export const theme = createTheme({
  primaryColor: 'ink',
  primaryShade: { light: 7, dark: 6 },
  colors: { ink, dark },
  autoContrast: true,
  defaultRadius: 'sm',
  cursorType: 'pointer',
  respectReducedMotion: true,
  fontFamily: 'Inter, system-ui, -apple-system, "Segoe UI", Roboto, "Open Sans", sans-serif',
  fontFamilyMonospace: 'ui-monospace, SFMono-Regular, "SF Mono", Menlo, Consolas, "Liberation Mono", monospace',
  fontSizes: { xs: '0.75rem', sm: '0.8125rem', md: '0.875rem', lg: '1rem', xl: '1.125rem' },
  lineHeights: { xs: '1.4', sm: '1.45', md: '1.5', lg: '1.55', xl: '1.6' },
  radius: { xs: '0.1875rem', sm: '0.375rem', md: '0.5rem', lg: '0.75rem', xl: '1rem' },
  headings: { fontWeight: '600' },
  // It would stand among the items of a menu and be none (WAI-ARIA 1.2, menu).
  components: { Menu: { defaultProps: { withInitialFocusPlaceholder: false } } },
});

/** Mantine's own muted colours fall short of WCAG 2.2 AA (1.4.3); these reach 4.5:1 on every surface here. */
export const cssVariables: CSSVariablesResolver = () => ({
  variables: {},
  light: {
    '--mantine-color-body': '#ffffff',
    '--mantine-color-text': '#1c2230',
    '--mantine-color-dimmed': '#566072',
    '--mantine-color-placeholder': '#687386',
    '--mantine-color-error': '#b42318',
    '--mantine-color-anchor': '#33479a',
    '--mantine-color-default-border': '#d5dae3',
  },
  dark: {
    '--mantine-color-body': '#14171f',
    '--mantine-color-text': '#e4e8f0',
    '--mantine-color-dimmed': '#a3acbd',
    '--mantine-color-placeholder': '#939db0',
    '--mantine-color-error': '#ff9a8d',
    '--mantine-color-anchor': '#a9b9f2',
    '--mantine-color-default': '#1d212b',
    '--mantine-color-default-hover': '#252a36',
    '--mantine-color-default-border': '#363d4c',
  },
});
