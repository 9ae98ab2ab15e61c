import { callBodyOf, type Design } from '../../kernel/language/design';
import { isVfsCall, type CallArgument, type CallName } from '../../kernel/language/world';
import type { CallerContext } from './callArguments';
import type { CallChoice, CallTemplate } from './callTemplates';

/** The calls that a design of the user's own declares, and of the others those that it has. */
export function callsOfDesign(
  design: Design,
  by: 'process' | 'driver',
  templates: readonly CallTemplate[],
): readonly CallTemplate[] {
  if (!design.modified?.some((change) => change.kind === 'text' && change.own)) return templates;
  const model = design.model({});
  const declared = Object.entries(design.calls ?? {})
    .filter(([, signature]) => signature.by === by)
    .map(([name, { args }]): CallTemplate => ({
      call: name as CallName,
      verb: name,
      title: name,
      noChoiceReason: `Needs ${args.join(' and ')}.`,
      choices: (context) => choicesOf(context, name, args),
    }));
  return [
    ...declared,
    ...templates.filter(
      ({ call }) => callBodyOf(model, call) ?? (isVfsCall(call) && hasFiles(design)),
    ),
  ];
}

function hasFiles(design: Design): boolean {
  return Object.keys(design.model({}).privateData).length > 0;
}

/** Every choice of arguments among what the scenario has. */
function choicesOf(
  { snapshot: { program }, caller, fds }: CallerContext,
  name: string,
  args: readonly CallArgument[],
): readonly CallChoice[] {
  const { devices } = program.world;
  const values = (arg: CallArgument): readonly string[] => {
    switch (arg) {
      case 'device':
        return devices.map((device) => device.name);
      case 'group':
        return [...new Set(devices.map((device) => device.group))];
      case 'fd':
        return fds.map((fd) => fd.name);
      case 'iommufd':
      case 'container':
        return fds.filter((fd) => fd.kind === arg).map((fd) => fd.name);
      default:
        return [];
    }
  };
  const filled = args.reduce<readonly (readonly string[])[]>(
    (lists, arg) => lists.flatMap((list) => values(arg).map((value) => [...list, value])),
    [[]],
  );
  return filled.map((list) => ({
    title: `${name}(${list.join(', ')})`,
    label: list.join(', ') || 'run',
    call: {
      by: caller,
      call: name,
      ...Object.fromEntries(args.map((arg, i) => [arg, list[i]])),
    },
  }));
}
