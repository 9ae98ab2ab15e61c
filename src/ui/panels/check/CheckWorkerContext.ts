import { createContext } from 'react';
import type { ModuleChecker } from '../../../check-worker/workerFactories';

/** What the page around has to search with, beside the script that the build names in it. */
export const CheckWorkerContext = createContext<ModuleChecker>({});
