/**
 * What chrdev_open calls to find the cdev of a number. It is not under cdev_lock: kobj_lookup takes chrdevs_lock, a mutex,
 * around the map and cdev_get (by exact_lock); cdev_lock guards inode->i_cdev alone. The model has no i_cdev, so each open
 * takes the way of a first open of an inode.
 */
export const KOBJ_LOOKUP =
  'kobj_lookup(cdev_map, inode->i_rdev), under chrdevs_lock; in the model, inode->i_cdev is always NULL';
