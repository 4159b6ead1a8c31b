const text = { type: 'string' } as const;
const flag = { type: 'boolean' } as const;
/** What a variable or a setting may be written as. */
const plain = { type: ['string', 'number', 'boolean'] } as const;
const listOf = <T extends object>(items: T): { readonly type: 'array'; readonly items: T } => ({
  type: 'array',
  items,
});
const ref = (name: string): { readonly $ref: string } => ({ $ref: `#/definitions/${name}` });

const resources = {
  services: listOf(ref('service')),
  databases: listOf(ref('database')),
  envVarGroups: listOf(ref('envVarGroup')),
};

/**
 * The parts of Render's Blueprint specification that harden reads or changes, as a JSON Schema; what it doesn't name is
 * left open. Render serves a whole one, under no licence: https://render.com/docs/blueprint-spec
 */
export const blueprintSchema = {
  $schema: 'http://json-schema.org/draft-07/schema#',
  type: 'object',
  properties: {
    ...resources,
    previews: {
      type: 'object',
      properties: {
        generation: { enum: ['off', 'manual', 'automatic'] },
        expireAfterDays: { type: 'integer', minimum: 1 },
      },
    },
    projects: listOf({
      type: 'object',
      required: ['name', 'environments'],
      properties: {
        name: text,
        environments: listOf({
          type: 'object',
          required: ['name'],
          properties: {
            name: text,
            networking: { type: 'object', properties: { isolation: { enum: ['enabled', 'disabled'] } } },
            ...resources,
          },
        }),
      },
    }),
    ungrouped: { type: 'object', properties: resources },
  },
  definitions: {
    service: {
      type: 'object',
      required: ['type', 'name'],
      properties: {
        type: { enum: ['web', 'pserv', 'worker', 'cron', 'keyvalue', 'redis'] },
        name: text,
        runtime: ref('runtime'),
        // The old name of `runtime`.
        env: ref('runtime'),
        autoDeployTrigger: { enum: ['commit', 'checksPass', 'off'] },
        ...{ repo: text, branch: text, rootDir: text, region: text, plan: text },
        ...{ dockerfilePath: text, dockerContext: text, dockerCommand: text },
        registryCredential: {
          type: 'object',
          required: ['fromRegistryCreds'],
          properties: {
            fromRegistryCreds: { type: 'object', required: ['name'], properties: { name: text } },
          },
        },
        image: { type: 'object', required: ['url'], properties: { url: text } },
        ...{ buildCommand: text, startCommand: text, preDeployCommand: text, schedule: text },
        ...{ healthCheckPath: text, staticPublishPath: text },
        numInstances: { type: 'integer', minimum: 0 },
        maxShutdownDelaySeconds: { type: 'integer', minimum: 1, maximum: 300 },
        envVars: listOf(ref('envVar')),
        ipAllowList: ref('ipAllowList'),
        disk: {
          type: 'object',
          required: ['name', 'mountPath'],
          properties: { name: text, mountPath: text, sizeGB: { type: 'integer', minimum: 1 } },
        },
        domains: listOf(text),
      },
      allOf: [
        {
          if: { properties: { type: { enum: ['keyvalue', 'redis'] } } },
          then: { required: ['ipAllowList'] },
          else: { anyOf: [{ required: ['runtime'] }, { required: ['env'] }] },
        },
        {
          if: { required: ['type'], properties: { type: { const: 'cron' } } },
          then: { required: ['schedule'] },
        },
      ],
    },
    runtime: {
      enum: ['node', 'python', 'elixir', 'go', 'ruby', 'rust', 'docker', 'image', 'static'],
    },
    database: {
      type: 'object',
      required: ['name'],
      properties: {
        ...{ name: text, databaseName: text, user: text, region: text, plan: text },
        postgresMajorVersion: plain,
        diskSizeGB: { type: 'integer', minimum: 1 },
        ipAllowList: ref('ipAllowList'),
      },
    },
    envVarGroup: {
      type: 'object',
      required: ['name'],
      properties: { name: text, envVars: listOf(ref('envVar')) },
    },
    envVar: {
      type: 'object',
      anyOf: [{ required: ['key'] }, { required: ['fromGroup'] }],
      properties: {
        key: text,
        value: plain,
        generateValue: flag,
        sync: flag,
        fromGroup: text,
        fromDatabase: {
          type: 'object',
          required: ['name', 'property'],
          properties: { name: text, property: text },
        },
        fromService: {
          type: 'object',
          required: ['name', 'type'],
          properties: { name: text, type: text, property: text, envVarKey: text },
          anyOf: [{ required: ['property'] }, { required: ['envVarKey'] }],
        },
      },
    },
    ipAllowList: listOf({
      type: 'object',
      required: ['source'],
      properties: { source: text, description: text },
    }),
  },
} as const;
