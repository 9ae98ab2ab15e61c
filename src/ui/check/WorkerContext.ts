import { createContext } from 'react';
import type { WorkerLike } from '../../session/checkClient';

/** How the page around starts a search worker; without it checks run on the page's own thread. */
export const WorkerContext = createContext<(() => WorkerLike) | undefined>(undefined);
