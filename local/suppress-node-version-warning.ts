/** Prevents the warning of the AWS SDK about the Node.js version that it will require in the future. */
process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED ??= 'true';
