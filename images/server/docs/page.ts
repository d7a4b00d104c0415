export const page = (_served: unknown) => ({ html: '', policy: '' })
