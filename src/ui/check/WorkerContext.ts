import { createContext } from 'react';
import type { CheckStarter } from '../../session/checkStarters';

/** How the page around runs checks, best way first; without any it runs none. */
export const WorkerContext = createContext<readonly CheckStarter[]>([]);
