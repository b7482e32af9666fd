import { type Projection } from '#libs/clickhouse';
import { type DomainEvent, type Recorded } from '#libs/kernel';

export type Sold = DomainEvent<'Sold', { readonly item: string; readonly amount: number }>;
export declare const sold: (index: number, perMonth?: number) => Recorded<Sold>;
export declare const logOf: (count: number, perMonth?: number) => readonly Recorded<Sold>[];
export declare const shop: Projection<Sold>;
export declare const SHOP_TABLES: string;
