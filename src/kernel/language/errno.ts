/** The errno values that the designs return, by name and number (include/uapi/asm-generic/errno*.h). */
export const ERRNO = {
  EPERM: 1,
  ENOENT: 2,
  EINTR: 4,
  EIO: 5,
  ENXIO: 6,
  E2BIG: 7,
  EBADF: 9,
  EAGAIN: 11,
  ENOMEM: 12,
  EACCES: 13,
  EFAULT: 14,
  EBUSY: 16,
  EEXIST: 17,
  ENODEV: 19,
  EINVAL: 22,
  ENFILE: 23,
  EMFILE: 24,
  ENOTTY: 25,
  ENOSPC: 28,
  EBADFD: 77,
  EOPNOTSUPP: 95,
  EADDRINUSE: 98,
} as const;

export type Errno = keyof typeof ERRNO;

/** In the place of an errno: the kernel would go on here, and the model cannot. */
export const MODEL_LIMIT = 'MODEL_LIMIT';

/** How a result names it. */
export const MODEL_LIMIT_TEXT = 'limit of the model';

/** How a call can fail. */
export type CallError = Errno | typeof MODEL_LIMIT;

/** `-EBUSY`, or `limit of the model`. */
export function callErrorText(error: CallError): `-${Errno}` | typeof MODEL_LIMIT_TEXT {
  return error === MODEL_LIMIT ? MODEL_LIMIT_TEXT : `-${error}`;
}
