import type { Call } from '../../kernel/language/world';
import type { Scenario } from '../../scenario/format/scenario';

/**
 * The statements of C that make a call and leave its return value in `ret`; undefined for one that a thread cannot make.
 * `names`: the variable of each result name.
 */
export function callStatements(
  { world, calls }: Scenario,
  call: Call,
  names: ReadonlyMap<string, string>,
  index: number,
): readonly string[] | undefined {
  const variable = (name: string | undefined): string => names.get(name ?? '') ?? '-1';
  const fd = variable(call.fd);
  const iommufd = variable(call.iommufd);
  const assign = call.as === undefined ? '' : `${variable(call.as)} = `;
  const suffix = (at: number): string => (at <= 0 ? '' : `_${at}`);
  const device = suffix(world.devices.findIndex(({ name }) => name === call.device));
  const group = suffix(world.devices.findIndex((each) => each.group === call.group));
  const withArgument = (
    struct: string,
    fields: string,
    file: string,
    command: string,
    after: readonly string[] = [],
  ): string[] => [
    `struct ${struct} arg = { ${fields} };`,
    `long ret = ioctl(${file}, ${command}, &arg);`,
    ...after,
  ];
  const sized = (rest: string): string => `.argsz = sizeof(arg)${rest}`;
  switch (call.call) {
    case 'open_cdev':
      return [`long ret = ${assign}open(VFIO_CDEV${device}, O_RDWR);`];
    case 'open_group':
      return [`long ret = ${assign}open(VFIO_GROUP${group}, O_RDWR);`];
    case 'open_container':
      return [`long ret = ${assign}open("/dev/vfio/vfio", O_RDWR);`];
    case 'open_iommufd':
      return [`long ret = ${assign}open("/dev/iommu", O_RDWR);`];
    case 'close':
      return [`long ret = close(${fd});`];
    case 'pass_fd':
      return [`long ret = ${assign}dup(${fd});`];
    case 'bind_iommufd':
      return withArgument(
        'vfio_device_bind_iommufd',
        sized(`, .iommufd = ${iommufd}`),
        fd,
        'VFIO_DEVICE_BIND_IOMMUFD',
      );
    case 'attach_ioas':
      if (call.hwpt !== undefined) return undefined;
      return withArgument(
        'vfio_device_attach_iommufd_pt',
        sized(`, .pt_id = ${variable(call.ioas)}`),
        fd,
        'VFIO_DEVICE_ATTACH_IOMMUFD_PT',
      );
    case 'detach_ioas':
      return withArgument(
        'vfio_device_detach_iommufd_pt',
        sized(''),
        fd,
        'VFIO_DEVICE_DETACH_IOMMUFD_PT',
      );
    case 'ioas_alloc':
      return withArgument(
        'iommu_ioas_alloc',
        '.size = sizeof(arg)',
        iommufd,
        'IOMMU_IOAS_ALLOC',
        call.as === undefined ? [] : [`${variable(call.as)} = arg.out_ioas_id;`],
      );
    case 'iommu_destroy': {
      const isIoas = calls.some((each) => each.as === call.object && each.call === 'ioas_alloc');
      return isIoas
        ? withArgument(
            'iommu_destroy',
            `.size = sizeof(arg), .id = ${variable(call.object)}`,
            iommufd,
            'IOMMU_DESTROY',
          )
        : undefined;
    }
    case 'ioas_map':
      return withArgument(
        'iommu_ioas_map',
        `.size = sizeof(arg), .flags = IOMMU_IOAS_MAP_FIXED_IOVA | IOMMU_IOAS_MAP_READABLE, .ioas_id = ${variable(call.ioas)}, .user_va = (uintptr_t)page, .length = sizeof(page)`,
        iommufd,
        'IOMMU_IOAS_MAP',
      );
    case 'ioas_unmap':
      return withArgument(
        'iommu_ioas_unmap',
        `.size = sizeof(arg), .ioas_id = ${variable(call.ioas)}, .length = sizeof(page)`,
        iommufd,
        'IOMMU_IOAS_UNMAP',
      );
    case 'map_dma':
      return withArgument(
        'vfio_iommu_type1_dma_map',
        sized(', .flags = VFIO_DMA_MAP_FLAG_READ, .vaddr = (uintptr_t)page, .size = sizeof(page)'),
        fd,
        'VFIO_IOMMU_MAP_DMA',
      );
    case 'unmap_dma':
      return withArgument(
        'vfio_iommu_type1_dma_unmap',
        sized(', .size = sizeof(page)'),
        fd,
        'VFIO_IOMMU_UNMAP_DMA',
      );
    case 'set_container':
      return [`long ret = ioctl(${fd}, VFIO_GROUP_SET_CONTAINER, &${variable(call.container)});`];
    case 'unset_container':
      return [`long ret = ioctl(${fd}, VFIO_GROUP_UNSET_CONTAINER);`];
    case 'set_iommu':
      return [`long ret = ioctl(${fd}, VFIO_SET_IOMMU, VFIO_TYPE1_IOMMU);`];
    case 'get_device_fd':
      return [`long ret = ${assign}ioctl(${fd}, VFIO_GROUP_GET_DEVICE_FD, VFIO_DEVICE${device});`];
    case 'group_status':
      return withArgument('vfio_group_status', sized(''), fd, 'VFIO_GROUP_GET_STATUS');
    case 'device_io':
      return withArgument('vfio_device_info', sized(''), fd, 'VFIO_DEVICE_GET_INFO');
    case 'reset':
      return [`long ret = ioctl(${fd}, VFIO_DEVICE_RESET);`];
    case 'mmap':
      return [
        `void *map = mmap(NULL, 4096, PROT_READ, MAP_SHARED, ${fd}, 0);`,
        'long ret = map == MAP_FAILED ? -1 : 0;',
        '',
        `map_${variable(call.as ?? call.fd)}_${index} = map;`,
      ];
    case 'munmap': {
      const mapped = calls.findLastIndex(
        (each, at) => at < index && each.call === 'mmap' && each.fd === call.fd,
      );
      return mapped < 0
        ? undefined
        : [
            `long ret = munmap(map_${variable(calls[mapped]?.as ?? calls[mapped]?.fd)}_${mapped}, 4096);`,
          ];
    }
    case 'register_device':
    case 'probe_driver':
      return sysfs('/sys/bus/pci/drivers/vfio-pci/bind"', device);
    case 'unregister_device':
    case 'remove_driver':
      return sysfs('/sys/bus/pci/drivers/vfio-pci/unbind"', device);
    default:
      return undefined;
  }
}

function sysfs(path: string, device: string): string[] {
  return [
    `int file = open("${path}, O_WRONLY);`,
    `long ret = file < 0 ? -1 : write(file, VFIO_DEVICE${device}, strlen(VFIO_DEVICE${device}));`,
    '',
    'if (file >= 0)',
    '\tclose(file);',
  ];
}
