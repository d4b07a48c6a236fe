import temml from 'temml'

/** Put a formula into an element as MathML, which the browser lays out itself. Throws for TeX that has a mistake. */
export function write(tex: string, element: HTMLElement, displayMode: boolean): void {
  temml.render(tex, element, { displayMode, throwOnError: true, trust: false, annotate: true, maxExpand: 200, maxSize: [20, 20] })
}
