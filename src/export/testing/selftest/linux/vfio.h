/* A stand-in with the names that the selftest export uses. The numbers are those of include/uapi/linux/vfio.h, v6.12. */
#ifndef STUB_LINUX_VFIO_H
#define STUB_LINUX_VFIO_H
#include <stdint.h>

#define VFIO_SET_IOMMU 0x3b66
#define VFIO_GROUP_GET_STATUS 0x3b67
#define VFIO_GROUP_SET_CONTAINER 0x3b68
#define VFIO_GROUP_UNSET_CONTAINER 0x3b69
#define VFIO_GROUP_GET_DEVICE_FD 0x3b6a
#define VFIO_DEVICE_GET_INFO 0x3b6b
#define VFIO_DEVICE_RESET 0x3b6f
#define VFIO_IOMMU_MAP_DMA 0x3b71
#define VFIO_IOMMU_UNMAP_DMA 0x3b72
#define VFIO_DEVICE_BIND_IOMMUFD 0x3b76
#define VFIO_DEVICE_ATTACH_IOMMUFD_PT 0x3b77
#define VFIO_DEVICE_DETACH_IOMMUFD_PT 0x3b78
#define VFIO_TYPE1_IOMMU 1
#define VFIO_DMA_MAP_FLAG_READ 1

struct vfio_group_status { uint32_t argsz, flags; };
struct vfio_device_info { uint32_t argsz, flags, num_regions, num_irqs; };
struct vfio_device_bind_iommufd { uint32_t argsz, flags; int32_t iommufd; uint32_t out_devid; };
struct vfio_device_attach_iommufd_pt { uint32_t argsz, flags, pt_id; };
struct vfio_device_detach_iommufd_pt { uint32_t argsz, flags; };
struct vfio_iommu_type1_dma_map { uint32_t argsz, flags; uint64_t vaddr, iova, size; };
struct vfio_iommu_type1_dma_unmap { uint32_t argsz, flags; uint64_t iova, size; };
#endif
