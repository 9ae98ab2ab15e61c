import { all, binary, constant, field, TRUE } from '../language/expressions';
import type { Property, StateCheck } from './property';

const IOMMUFD_CTX = 'iommufd_ctx';

/** An iommufd context with a bound device is not released. */
export const ctxAlive: Property = {
  id: 'ctx-alive',
  order: 15,
  label: 'I14',
  cite: 'docs/kernel-facts.md, I14',
  title: 'The iommufd outlives its devices',
  statement: 'An iommufd context is not released while a device is bound to it.',
  consequence: 'An iommufd context is released while a device is still bound to it.',
  appliesTo: (p) => p.objects.some((o) => o.type === IOMMUFD_CTX),
  detectedIn: 'state',
  checks: (p) =>
    p.files
      .filter((f) => f.bound)
      .flatMap((f) =>
        f.ownerTargets.flatMap((t, i): StateCheck[] => {
          const ctx = p.objects[t]!;
          if (
            ctx.type !== IOMMUFD_CTX ||
            ctx.lifetime === undefined ||
            p.fields[ctx.lifetime]!.constant
          )
            return [];
          return [
            {
              property: 'ctx-alive',
              // A file that joined a device bound by another context does not own the DMA: its context need not live.
              violatedWhen: all([
                f.bound!,
                f.ownsDma ?? TRUE,
                binary('eq', f.ownerContext!, constant(i + 1)),
                binary('eq', field(ctx.lifetime), constant(2)),
              ]),
              text: `${ctx.name} is released while ${f.device} is bound to it through ${f.name}`,
              object: t,
            },
          ];
        }),
      ),
};
