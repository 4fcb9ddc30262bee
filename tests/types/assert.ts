// The assertions of the type tests, which are compiled and never run.

type Equal<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;

/** Compiles if the types are the same one. */
export declare function same<A, B>(...differ: Equal<A, B> extends true ? [] : [never]): void;

/** A value of a type. */
export declare function some<T>(): T;

/** The literals of a union that also accepts other strings. */
export type Literals<Union> = Union extends infer One ? (string extends One ? never : One) : never;
