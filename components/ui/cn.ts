import { type ClassValue, clsx } from "clsx";
import { twMerge } from "tailwind-merge";

/** Joins class names; of two that say different things about the same property the later one stays. */
export const cn = (...classes: ClassValue[]) => twMerge(clsx(classes));
