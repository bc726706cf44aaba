/** The version of this service and of everything that ships with it; a test holds it equal to `package.json`. */
export const SERVICE_VERSION = '0.1.0';
