/** The id of a property: `id` of its record in `kernel/properties`. Public: links, scenarios and results name properties by it. */
export type PropertyId = string;
