export const products = ['nut', 'bolt', 'screw & washer'];
