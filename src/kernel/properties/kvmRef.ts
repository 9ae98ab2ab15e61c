import type { Program } from '../compiler/program';
import { all, binary, constant, field, not, TRUE } from '../language/expressions';
import { isOpen } from './property';
import type { Property, StateCheck } from './property';

/** The device's KVM reference is that of the files that own it, opened through the cdev or through the group. */
export const kvmRef: Property = {
  id: 'kvm-ref',
  order: 14,
  label: 'I13',
  cite: 'docs/kernel-facts.md, I13',
  title: "The device's KVM is the owner's",
  statement:
    'While a file owns a device, the KVM that the device refers to is the one that it got when this file got access. A file or group refers to a KVM only while that KVM holds a reference on the file.',
  consequence: "The device's KVM reference is no longer that of its owner.",
  appliesTo: (p) => p.files.some((f) => f.kvmMatches) || pointersOfFilesLetGo(p).length > 0,
  detectedIn: 'state',
  checks: (p) => [
    ...p.files
      .filter((f) => f.kvmMatches && f.normalAccess)
      .map((f): StateCheck => ({
        property: 'kvm-ref',
        violatedWhen: all([f.normalAccess!, isOpen(p, f), not(f.kvmMatches!)]),
        text: `${f.name} (${f.by}) owns ${f.device}, but the device's kvm is not the one of ${f.name}`,
        object: f.object,
      })),
    ...pointersOfFilesLetGo(p),
  ],
};

/** A KVM pointer in a file, or in its group, after the KVM has let go of the file. */
function pointersOfFilesLetGo(p: Program): StateCheck[] {
  return p.objects.flatMap(({ spec, key, links, lifetime }): StateCheck[] => {
    if (spec.per !== 'kvmFile' || lifetime === undefined) return [];
    const file = p.objects[links['file']?.object ?? -1];
    const data = p.objects[file?.links['private_data']?.object ?? -1];
    const pointer = p.fields[data?.fields['kvm'] ?? -1];
    const kvm = (pointer?.targets ?? []).findIndex((t) => p.objects[t]!.key.kvm === key.kvm);
    if (!data || !pointer || kvm < 0) return [];
    return [
      {
        property: 'kvm-ref',
        violatedWhen: all([
          data.lifetime === undefined ? TRUE : binary('eq', field(data.lifetime), constant(1)),
          binary('eq', field(pointer.index), constant(kvm + 1)),
          binary('ne', field(lifetime), constant(1)),
        ]),
        text: `${pointer.title} is still ${key.kvm}, which no longer holds ${file!.name}`,
        object: data.index,
      },
    ];
  });
}
