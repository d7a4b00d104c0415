export const openapi = (_served: unknown) => ({ openapi: '3.1.0' })
