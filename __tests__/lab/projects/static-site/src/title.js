export const title = 'Landing';
