throw new TypeError('environment variable X is not set');
export const handler = () => {};
