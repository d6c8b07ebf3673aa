export type Comparison = 'eq' | 'ne' | 'lt' | 'le' | 'gt' | 'ge'
