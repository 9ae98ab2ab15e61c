import {
  allDesignConfigs,
  libraryCases,
  matrixRows,
  type DesignConfig,
  type MatrixCase,
} from '../../explore/matrix/matrix';
import { memoizeByKey } from '../trace/memoize';

interface VerdictCases {
  readonly configs: readonly DesignConfig[];
  readonly cases: readonly MatrixCase[];
}

let verdictCasesOnce: VerdictCases | undefined;

/** Every design configuration, and every built-in scenario in each configuration that has a variant of it. */
export function verdictCases(): VerdictCases {
  if (verdictCasesOnce) return verdictCasesOnce;
  const configs = allDesignConfigs();
  const { cases } = libraryCases(configs);
  verdictCasesOnce = { configs, cases };
  return verdictCasesOnce;
}

/** The matrix rows of the finished cases. Same object for the same cells. */
export const verdictRows = memoizeByKey(matrixRows);
