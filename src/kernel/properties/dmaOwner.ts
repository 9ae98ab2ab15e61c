import { fieldText } from '../machine/describeEvent';
import { all, binary, field, not } from '../language/expressions';
import type { Program, ProgramFile } from '../compiler/program';
import { fieldsWrittenBy, holderSum, writeInProgress } from './counters';
import { isOpen, ownerContextName } from './property';
import type { Property, StateCheck } from './property';

/** A file with normal access belongs to the DMA owner of its IOMMU group. */
export const dmaOwner: Property = {
  id: 'dma-owner',
  order: 3,
  label: 'I2',
  cite: 'docs/kernel-facts.md, I2',
  title: 'Access implies DMA ownership',
  statement:
    'Every file with normal access belongs to the context that owns the DMA of its IOMMU group, and the domain of a group at rest is the one that its owner and page table ask for.',
  consequence: 'A file has access in a group whose DMA belongs to another context.',
  appliesTo: (p) => p.files.some((f) => f.ownsDma),
  detectedIn: 'state',
  checks: (p) => [
    ...domainChecks(p),
    ...p.files
      .filter((f) => f.normalAccess && f.ownsDma)
      .map((f) => ({
        property: 'dma-owner',
        violatedWhen: all([f.normalAccess!, isOpen(p, f), not(f.ownsDma!)]),
        text: `${f.name} (${f.by}) reaches ${f.device}, but the DMA of IOMMU group ${f.group} is not owned by its context`,
        describe: (state: Int32Array) => describeViolation(p, f, state),
        object: f.object,
      })),
  ],
};

/** At rest a group has the domain that its owner and its page table ask for. */
function domainChecks(p: Program): StateCheck[] {
  const writers = p.calls.map((call) => fieldsWrittenBy(p, call));
  return p.groupDomains
    .filter((domain) => !p.fields[domain.field]!.constant)
    .map((domain) => ({
      property: 'dma-owner',
      violatedWhen: all([
        not(writeInProgress(p, domain.field, writers)),
        binary('ne', field(domain.field), holderSum(domain)),
      ]),
      text: `${p.fields[domain.field]!.title} is not the domain that the owner and the page table of the group ask for`,
      object: p.fields[domain.field]!.object,
    }));
}

function describeViolation(p: Program, f: ProgramFile, state: Int32Array): string {
  const owner = p.objects.find((o) => o.type === 'iommu_group' && o.key.group === f.group)?.fields[
    'owner'
  ];
  const own = ownerContextName(p, f, state);
  const actual =
    owner === undefined || state[owner] === 0 ? 'no context' : fieldText(p, state, owner);
  const reason =
    actual === own
      ? `another context set the domain of IOMMU group ${f.group}`
      : `the DMA of IOMMU group ${f.group} belongs to ${actual}`;
  return `${f.name} (${f.by}) reaches ${f.device} for ${own}, but ${reason}`;
}
