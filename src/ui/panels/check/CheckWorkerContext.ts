import { createContext } from 'react';
import type { CreateWorker } from '../../../check-worker/workerFactories';

/** Starts the worker for checks; without it they run on the main thread. */
export const CheckWorkerContext = createContext<CreateWorker | undefined>(undefined);
