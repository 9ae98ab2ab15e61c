import { all, not } from '../language/expressions';
import { isOpen } from './property';
import type { Property } from './property';

/** The device's KVM reference is that of the files that own it, opened through the cdev or through the group. */
export const kvmRef: Property = {
  id: 'kvm-ref',
  order: 14,
  label: 'I13',
  cite: 'docs/kernel-facts.md, I13',
  title: "The device's KVM is the owner's",
  statement:
    'While a file owns a device, the KVM that the device refers to is the one that it got when this file got access.',
  consequence: "The device's KVM reference is no longer that of its owner.",
  appliesTo: (p) => p.files.some((f) => f.kvmMatches),
  detectedIn: 'state',
  checks: (p) =>
    p.files
      .filter((f) => f.kvmMatches && f.normalAccess)
      .map((f) => ({
        property: 'kvm-ref',
        violatedWhen: all([f.normalAccess!, isOpen(p, f), not(f.kvmMatches!)]),
        text: `${f.name} (${f.by}) owns ${f.device}, but the device's kvm is not the one of ${f.name}`,
        object: f.object,
      })),
};
