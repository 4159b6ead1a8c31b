import { describe, expect, test } from '@jest/globals';
import { isInside, parseDestination } from '../../src/core/destination.js';

describe('a destination', () => {
  test.each([
    ['api.example.com', { kind: 'host', name: 'api.example.com', port: undefined }],
    ['API.Example.com:8443', { kind: 'host', name: 'api.example.com', port: 8443 }],
    ['.example.com', { kind: 'host', name: '.example.com', port: undefined }],
    ['_dmarc.mail.example.com', undefined],
    ['xn--bcher-kva.example', { kind: 'host', name: 'xn--bcher-kva.example', port: undefined }],
    ['192.0.2.7', { kind: 'address', address: '192.0.2.7', prefix: undefined, port: undefined }],
    ['192.0.2.0/24:5432', { kind: 'address', address: '192.0.2.0', prefix: 24, port: 5432 }],
    ['2001:db8::7', { kind: 'address', address: '2001:db8::7', prefix: undefined, port: undefined }],
    ['2001:db8::/32', { kind: 'address', address: '2001:db8::', prefix: 32, port: undefined }],
    ['[2001:db8::7]:53', { kind: 'address', address: '2001:db8::7', prefix: undefined, port: 53 }],
    ['192.0.2.0/33', undefined],
    ['2001:db8::/129', undefined],
    ['192.0.2.0/24/8', undefined],
    ['192.0.2.7:0', undefined],
    ['a.example.com:65536', undefined],
    ['192.0.2.700', undefined],
    ['mailhost', undefined],
    ['none', undefined],
    ['*.example.com', undefined],
    ['https://api.example.com', undefined],
    ['a b.example.com', undefined],
    ['a.example.com\nacl', undefined],
    ['..example.com', undefined],
    ['', undefined],
  ])('%j', (word, destination) => {
    expect(parseDestination(word)).toEqual(destination);
  });
});

test.each([
  ['127.0.0.53', true],
  ['172.31.255.255', true],
  ['172.32.0.1', false],
  ['169.254.169.254', true],
  ['93.184.215.14', false],
  ['::1', true],
  ['fd12::1', true],
  ['2001:db8::1', false],
  ['::ffff:10.0.0.1', true],
])('%s is of a network of its own: %s', (address, inside) => {
  expect(isInside(address)).toBe(inside);
});
