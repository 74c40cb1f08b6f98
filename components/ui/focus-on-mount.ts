/** As the `ref` of a control: it takes the focus when it appears, because someone has just asked for it. */
export const focusOnMount = (control: HTMLElement | null) => control?.focus();
